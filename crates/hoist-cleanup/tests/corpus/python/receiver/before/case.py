from openfeature import api
from trace import t

client = api.get_client()


class Settings:
    def get_boolean_value(self, key, default):
        return key == "new-nav"


settings = Settings()


def main():
    if settings.get_boolean_value("new-nav", False):
        t("settings")
    if client.get_boolean_value("new-nav", False):
        t("new")
