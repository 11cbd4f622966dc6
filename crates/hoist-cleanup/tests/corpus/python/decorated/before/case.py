from openfeature import api
from trace import t

client = api.get_client()


def only_if(on):
    def wrap(f):
        return f if on else (lambda: t("off"))

    return wrap


@only_if(client.get_boolean_value("new-nav", False))
def show():
    t("new")


def main():
    show()
