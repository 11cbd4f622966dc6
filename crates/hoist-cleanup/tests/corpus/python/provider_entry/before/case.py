from openfeature import api
from trace import t

client = api.get_client()


class InMemoryFlag:
    def __init__(self, default_variant, variants):
        self.value = variants[default_variant]


FLAGS = {
    "other": InMemoryFlag("on", {"on": True}),
    "new-nav": InMemoryFlag("on", {"on": True, "off": False}),
}


def main():
    t(FLAGS["other"].value)
    if client.get_boolean_value("new-nav", False):
        t("new")
