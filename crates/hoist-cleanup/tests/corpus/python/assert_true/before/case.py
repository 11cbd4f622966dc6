from openfeature import api
from trace import t

client = api.get_client()


def main():
    assert client.get_boolean_value("new-nav", False)
    t("end")
