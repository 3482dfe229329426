"""HTML that a platform makes of a post, back to the text its author wrote."""

from html.parser import HTMLParser

_BREAKS = frozenset(("br", "p", "div", "li"))
_HIDDEN = frozenset(("script", "style"))
_LONGEST = 200_000


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self._hidden += 1
        elif tag in _BREAKS and self.parts and not self.parts[-1].endswith("\n"):
            self.parts.append("\n" if tag != "p" else "\n\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN and self._hidden:
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def html_text(html: str) -> str:
    """The words of an HTML fragment; paragraphs and breaks become line breaks, tags go, entities are resolved."""
    reader = _Reader()
    reader.feed(html[:_LONGEST])
    reader.close()
    return "".join(reader.parts).strip()
