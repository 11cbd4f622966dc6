from openfeature import api
from trace import t

client = api.get_client()


def main():
    t("new" if client.get_boolean_value("new-nav", False) else "old")
    on = client.get_boolean_value("new-nav", False)
    t(f"value {on}")
