"""The one error of rules: what was asked is understood, but the records do not allow it."""


class Refused(Exception):
    """A rule refuses the change. Pages show the message, the API answers 409 with the code.

    `code` is stable and language-neutral; `message` is a translatable sentence that says why and what to do;
    `facts` carries figures a page may show (for example how much is left).
    """

    code = "refused"

    def __init__(self, message, *, code: str | None = None, **facts):
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.facts = facts

    def __str__(self) -> str:
        return str(self.message)
