from openfeature import api
from trace import t

client = api.get_client()


def main():
    details = client.get_boolean_details("new-nav", False)
    t(details.value)
    t(details.reason)
