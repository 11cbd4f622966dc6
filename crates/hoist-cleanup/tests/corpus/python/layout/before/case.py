from openfeature import api
from trace import t

client = api.get_client()


def main():
    # Shows the navigation.
    if client.get_boolean_value("new-nav", False):
        # The new one.
        text = """new
    navigation
"""  # as it is
        t(text)

        t(
            "and "
            "more",
        )  # more
    else:
        # The old one.
        t("old")
    # The end.
    t("end")
