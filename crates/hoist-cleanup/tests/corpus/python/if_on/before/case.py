from openfeature import api
from trace import t

client = api.get_client()


def main():
    # The new navigation.
    if client.get_boolean_value("new-nav", False):
        # Inside.
        t("new")
        t("""text
  with lines""")
        # last
    else:
        t("old")
    t("end")
