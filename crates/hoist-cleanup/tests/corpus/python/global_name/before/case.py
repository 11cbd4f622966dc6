from openfeature import api
from trace import t

client = api.get_client()


def set_up():
    global FLAG, _own
    FLAG = client.get_boolean_value("new-nav", False)
    _own = client.get_boolean_value("new-nav", False)
    if FLAG and _own:
        t("new")


def main():
    try:
        t(_own)
    except NameError:
        t("not yet")
    set_up()
    t(f"{FLAG} {_own}")
