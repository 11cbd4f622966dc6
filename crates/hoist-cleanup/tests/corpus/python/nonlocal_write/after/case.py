from openfeature import api
from trace import t

client = api.get_client()


def main():
    on = True

    def off():
        nonlocal on
        on = False

    off()
    t("on" if on else "off")
