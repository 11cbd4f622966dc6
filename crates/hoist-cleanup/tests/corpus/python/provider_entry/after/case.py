from openfeature import api
from trace import t

client = api.get_client()


class InMemoryFlag:
    def __init__(self, default_variant, variants):
        self.value = variants[default_variant]


FLAGS = {
    "other": InMemoryFlag("on", {"on": True}),
}


def main():
    t(FLAGS["other"].value)
    t("new")
