from openfeature import api
from trace import t

client = api.get_client()


def main():
    on = client.get_boolean_value("new-nav", False)

    def off():
        nonlocal on
        on = False

    off()
    t("on" if on else "off")
