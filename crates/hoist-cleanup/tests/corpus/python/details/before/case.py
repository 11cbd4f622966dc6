from openfeature import api
from trace import t

client = api.get_client()


def main():
    details = client.get_boolean_details("new-nav", False)
    if details.value:
        t("new")
