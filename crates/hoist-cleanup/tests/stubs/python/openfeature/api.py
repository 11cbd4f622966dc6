"""Answers every evaluation of `new-nav` with the value that the driver froze it at."""

frozen = None


class Details:
    def __init__(self, value):
        self.value = value
        self.reason = "STATIC"


class Client:
    def _value(self, flag_key, default_value):
        return frozen if flag_key == "new-nav" else default_value

    def get_boolean_value(self, flag_key, default_value):
        return self._value(flag_key, default_value)

    get_string_value = get_integer_value = get_object_value = get_boolean_value

    async def get_boolean_value_async(self, flag_key, default_value):
        return self._value(flag_key, default_value)

    def get_boolean_details(self, flag_key, default_value):
        return Details(self._value(flag_key, default_value))


def get_client():
    return Client()
