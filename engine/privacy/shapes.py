"""What keys and tokens look like by themselves, wherever they occur: formats that services publish.

Each shape has a beginning and a body, so a token is recognised while it is still being typed, from
its beginning alone. Patterns only; ``secrets.py`` applies them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

WORD = r"[\w-]"
ALPHANUMERIC = "[A-Za-z0-9]"


@dataclass(frozen=True, slots=True)
class Shape:
    """``begin`` is a pattern with which nothing else begins; a whole token continues with at least
    ``least`` characters of ``body``."""

    begin: str
    least: int
    body: str = WORD

    @property
    def whole(self) -> str:
        return rf"(?<![A-Za-z0-9]){self.begin}{self.body}{{{self.least},}}"

    @property
    def cut_off(self) -> str:
        """A beginning at the end of the text: alone if it is unmistakable, else with a part of the
        body, which must contain a digit."""
        if self.begin in AT_SIGHT:
            return rf"(?<![A-Za-z0-9]){self.begin}{self.body}*\Z"
        return rf"(?<![A-Za-z0-9]){self.begin}(?={self.body}*\d){self.body}{{4,}}\Z"


AT_SIGHT = frozenset(
    "gh[pousr]_ github_pat_ gl(?:pat|dt|rt|ft|soat|cbt|ptt|agent)- xox[abeoprs]- AIza GOCSPX-"
    " [rsp]k_(?:live|test)_ whsec_ sk-(?:ant|proj|svcacct|admin|or)- npm_ pypi-Ag rubygems_"
    " do[opr]_v1_ shp(?:at|ca|pa|ss)_ sq0(?:atp|csp|idp)- AGE-SECRET-KEY-1".split()
)

SHAPES = (
    Shape("(?:AKIA|ASIA|ABIA|ACCA|AGPA|AIDA|AIPA|ANPA|ANVA|AROA)", 16, "[0-9A-Z]"),  # Amazon
    Shape("gh[pousr]_", 20, ALPHANUMERIC),  # GitHub
    Shape("github_pat_", 20),
    Shape("gl(?:pat|dt|rt|ft|soat|cbt|ptt|agent)-", 16),  # GitLab
    Shape("GR1348941", 16),
    Shape("xox[abeoprs]-", 8),  # Slack
    Shape("xapp-", 16),
    Shape(r"hooks\.slack\.com/services/", 16, r"[\w/]"),
    Shape(r"discord(?:app)?\.com/api/webhooks/", 20, r"[\w/-]"),
    Shape("AIza", 30),  # Google
    Shape(r"ya29\.", 16),
    Shape("GOCSPX-", 16),
    Shape("[rsp]k_(?:live|test)_", 16, ALPHANUMERIC),  # Stripe
    Shape("whsec_", 16, "[A-Za-z0-9+/=]"),
    Shape("sk-(?:ant|proj|svcacct|admin|or)-", 12),  # of language models
    Shape("sk-", 20, ALPHANUMERIC),
    Shape("(?:gsk|xai|pplx|nvapi|r8|hf|fw|csk)[_-]", 24, ALPHANUMERIC),
    Shape(r"SG\.[\w-]{16,}\.", 16),  # SendGrid
    Shape("npm_", 30, ALPHANUMERIC),
    Shape("pypi-Ag", 40),
    Shape("rubygems_", 40, "[0-9a-f]"),
    Shape("do[opr]_v1_", 40, "[0-9a-f]"),  # DigitalOcean
    Shape("shp(?:at|ca|pa|ss)_", 24, "[0-9a-fA-F]"),  # Shopify
    Shape("sq0(?:atp|csp|idp)-", 20),  # Square
    Shape("(?:lin_api|figd|dckr_pat|glc|glsa|sntrys|tskey|PMAK|NRAK|dp\\.st|pscale_tkn)[_.-]", 20,
          r"[\w.-]"),
    Shape("dapi", 32, "[0-9a-f]"),  # Databricks
    Shape(r"hv[sb]\.", 20),  # Vault
    Shape("AGE-SECRET-KEY-1", 40, "[0-9A-Z]"),
    Shape("EAACEdEose0cBA", 10, ALPHANUMERIC),
    Shape(r"(?:AC|SK)(?=[0-9a-f]*\d)(?=\d*[a-f])", 32, "[0-9a-f]"),  # Twilio
    Shape(r"\d{8,10}:AA", 33),  # Telegram
    Shape("key-", 32, "[0-9a-f]"),  # Mailgun
    Shape(r"[0-9a-f]{32}-us", 1, r"\d"),  # Mailchimp
    Shape(r"eyJ[\w-]{8,}\.", 8, r"[\w.-]"),  # JSON web token
)  # fmt: skip


@cache
def whole() -> re.Pattern[str]:
    """Finds all complete tokens. Compiled when a line first needs it."""
    return re.compile("|".join(shape.whole for shape in SHAPES), re.ASCII)


@cache
def cut_off() -> re.Pattern[str]:
    """Finds the beginning of a token at the end of the text."""
    others = r"(?<![A-Za-z0-9])(?:SG\.[\w-]{4,}[\w.-]*|eyJ[\w.-]{8,})\Z"
    return re.compile("|".join([*(shape.cut_off for shape in SHAPES), others]), re.ASCII)


HINTS = tuple(
    "AKIA ASIA ABIA ACCA AGPA AIDA AIPA ANPA ANVA AROA ghp_ gho_ ghu_ ghs_ ghr_ github_pat_"
    " glpat- gldt- glrt- glft- glsoat- glcbt- glptt- glagent- GR1348941 xox xapp- hooks.slack"
    " discord AIza ya29. GOCSPX- k_live_ k_test_ whsec_ sk- gsk_ gsk- xai_ xai- pplx_ pplx-"
    " nvapi_ nvapi- r8_ r8- hf_ hf- fw_ fw- csk_ csk- SG. npm_ pypi- rubygems_ _v1_ shpat shpca"
    " shppa shpss sq0 lin_api figd dckr_pat glc_ glc. glc- glsa_ glsa. glsa- sntrys tskey PMAK"
    " NRAK dp.st pscale dapi hvs. hvb. AGE-SECRET EAAC AC SK :AA key- -us eyJ".split()
)
"""A line that contains none of these contains none of the shapes."""
