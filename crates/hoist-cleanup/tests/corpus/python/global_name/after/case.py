from openfeature import api
from trace import t

client = api.get_client()


def set_up():
    global FLAG, _own
    FLAG = True
    _own = True
    if FLAG and _own:
        t("new")


def main():
    try:
        t(_own)
    except NameError:
        t("not yet")
    set_up()
    t(f"{FLAG} {_own}")
