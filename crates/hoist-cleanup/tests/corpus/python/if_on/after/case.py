from openfeature import api
from trace import t

client = api.get_client()


def main():
    # The new navigation.
    # Inside.
    t("new")
    t("""text
  with lines""")
    # last
    t("end")
