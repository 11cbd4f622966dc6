from openfeature import api
from trace import t

client = api.get_client()


def main():
    # Shows the navigation.
    # The new one.
    text = """new
    navigation
"""  # as it is
    t(text)

    t(
        "and "
            "more",
    )  # more
    # The end.
    t("end")
