"""Texts that strangers could send: scripts, formulas, invisible characters, line breaks. Each must come out as it was.

Every text is harmless here: links lead to example domains, commands to nothing.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class HostileText:
    """One text, what it tries, its true language, and the brands it names."""

    kind: str
    text: str
    language: str = "en"
    brands: tuple[str, ...] = ("norvique",)
    platform: str = "x"


HOSTILE_TEXTS: tuple[HostileText, ...] = (
    HostileText("script_tag", "<script>alert('norvique')</script> My Norvique pump is loud again, any advice?"),
    HostileText("image_handler", '<img src=x onerror="alert(1)"> look at my Norvique machine in the morning sun'),
    HostileText("markdown_image", "![my Norvique](https://pixel.example.org/p.png?who=me) nice picture, isn't it"),
    HostileText("markdown_link", "[Norvique refund](javascript:alert(1)) click here, they said, and I did not"),
    HostileText("template", "{{7*7}} ${7*7} <%= 7*7 %> my Norvique prints strange things on its screen today"),
    HostileText(
        "formula_hyperlink", '=HYPERLINK("https://pixel.example.org/?x="&A1,"Norvique voucher, click to claim")'
    ),
    HostileText("formula_command", "+cmd|' /C calc'!A0 the Norvique spare part list that I promised you"),
    HostileText("formula_at", "@SUM(1+1)*cmd|' /C calc'!A0 costs of my Norvique per cup this year"),
    HostileText("formula_minus", "-2+3+cmd|' /C calc'!A0 stars for the Norvique from me"),
    HostileText("formula_tab", "\t=1+1 two cups from the Norvique before nine in the morning"),
    HostileText("right_to_left", "\u202eeuqivroN\u202c is how my Norvique badge looks in the mirror \u200f\u200e"),
    HostileText("zero_width", "My Norvique \u200bfits\u200d under\ufeff the shelf, only\u2060 just, but it does fit"),
    HostileText("variation_selector", "I ❤️ my Norvique ☕️ and my Norvique ☕ loves me ☺️ back ❤"),
    HostileText("emoji_sequence", "Family photo 👨‍👩‍👧‍👦 with our Norvique 🏳️‍🌈 and a flag 🇫🇷, everybody is happy 👍🏽"),
    HostileText("long_word", "The Norvique is sooooo " + "o" * 3000 + " good that I cannot stop writing about it"),
    HostileText(
        "control_characters", "Norvique\x07 rang\x08 the\x0b bell\x1b[31m in red\x1c and\x1d left\x1e quietly\x7f"
    ),
    HostileText(
        "line_separators", "First line about my Norvique\u2028second line about coffee\u2029third line\x85fourth line"
    ),
    HostileText("sql_quotes", "'; DROP TABLE mention; -- my Norvique \"said\" so, it's ''quoted'' twice"),
    HostileText("line_breaks", 'My Norvique list:\n1. rinse\n2. grind\r\n3. wait,\n\n"and then"; enjoy the coffee'),
    HostileText("separators", 'a;b,c|d\t"e" Norvique,,,""\t\t;; this row has many separators in it'),
    HostileText("utf16_newlines", "Ċity names and ਊ letters hold newline bytes in UTF-16, says my Norvique manual ഊ"),
    HostileText("backslashes", "C:\\norvique\\new\\table \\n is no line break, my Norvique folder is called that \\"),
    HostileText("entities", "Norvique &amp; friends &lt;3 coffee &#128512; and &quot;quotes&quot; from the old forum"),
    HostileText(
        "decomposed_accent",
        "Mon E\u0301cumelle prépare un cafe\u0301 très correct le matin avant le travail",
        "fr",
        ("ecumelle",),
    ),
    HostileText(
        "upper_case_accent",
        "ENFIN UNE MACHINE ÉCUMELLE À LA MAISON, QUEL BONHEUR POUR TOUTE LA FAMILLE",
        "fr",
        ("ecumelle",),
    ),
    HostileText(
        "word_boundary", "The museum shows stone pestles, a Norviqueish lamp and the village of Tavorelle", "en", ()
    ),
    HostileText("styled_letters", "𝗠𝘆 machine review: the Norvique is 𝒷ℯ𝓉𝓉ℯ𝓇 than I had expected it to be"),
    HostileText("null_words", "N/A - none, nan and null are what the Norvique display shows me after the update"),
    HostileText(
        "news_script",
        "<svg onload=alert(1)> The maker Norvique opens a small museum, writes the town gazette.",
        platform="news",
    ),
    HostileText("forum_formula", "=1+1 is two, and two is how many Norvique machines we own by now", platform="forum"),
)
