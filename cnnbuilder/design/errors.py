"""The errors of cnnbuilder. What a user draws or loads wrongly ends in one of these, always with one clear line."""


class Error(Exception):
    """The base of every error that cnnbuilder raises on purpose."""


class DesignFileError(Error):
    """A design or weights file that cannot be read; the message is one line naming file, place and reason."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


class DesignError(Error):
    """A design that cannot be run, or weights that do not fit it; the message lists every reason."""


class InputError(Error):
    """A picture, array or target that does not fit the network."""


class MemoryLimitError(Error):
    """A network that would need more memory than is free; raised before anything is allocated."""


class Cancelled(Error):
    """The work was cancelled by the one who asked for it."""


class UnknownNameError(DesignError, KeyError):
    """A block or weight that is asked for by a name that the design does not have."""

    def __str__(self) -> str:
        return str(self.args[0])
