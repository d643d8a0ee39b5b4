"""Where formulas come from: key -> citation. Docstrings and steps name a key; a test holds that it is here."""

from __future__ import annotations

CITATIONS: dict[str, str] = {
    "ERLANG": "A. K. Erlang, Solution of some problems in the theory of probabilities of significance in "
    "automatic telephone exchanges, 1917.",
    "GROSS": "D. Gross, J. F. Shortle, J. M. Thompson, C. M. Harris, Fundamentals of Queueing Theory, 4th ed., "
    "Wiley 2008, ch. 2 (M/M/1, M/M/c) and ch. 5 (M/G/1).",
    "TEMME": "N. M. Temme, The asymptotic expansion of the incomplete gamma functions, SIAM J. Math. Anal. 10 "
    "(1979) 757-766.",
    "JAGERMAN": "D. L. Jagerman, Some properties of the Erlang loss function, Bell Syst. Tech. J. 53 (1974) 525-551.",
    "HALFIN": "S. Halfin, W. Whitt, Heavy-traffic limits for queues with many exponential servers, Oper. Res. 29 "
    "(1981) 567-588.",
    "ALLEN": "A. O. Allen, Probability, Statistics, and Queueing Theory, 2nd ed., Academic Press 1990, "
    "eq. 5.5.13 (Allen-Cunneen).",
    "WHITT": "W. Whitt, Approximations for the GI/G/m queue, Production and Operations Management 2 (1993) 114-161.",
    "ABATE": "J. Abate, W. Whitt, A unified framework for numerically inverting Laplace transforms, INFORMS J. "
    "Computing 18 (2006) 408-421.",
    "LITTLE": "J. D. C. Little, A proof for the queuing formula L = lambda W, Oper. Res. 9 (1961) 383-387.",
    "REICH": "E. Reich, Waiting times when queues are in tandem, Ann. Math. Statist. 28 (1957) 768-773.",
    "BURKE": "P. J. Burke, The output of a queuing system, Oper. Res. 4 (1956) 699-704.",
    "DEAN": "J. Dean, L. A. Barroso, The tail at scale, Comm. ACM 56 (2013) 74-80.",
    "DAVID": "H. A. David, H. N. Nagaraja, Order Statistics, 3rd ed., Wiley 2003, ch. 2.",
    "JANSSEN": "A. J. E. M. Janssen, J. S. H. van Leeuwaarden, B. Zwart, Refining square-root safety staffing "
    "by expanding Erlang C, Oper. Res. 59 (2011) 1512-1522.",
    "KINGMAN": "J. F. C. Kingman, On queues in heavy traffic, J. Roy. Statist. Soc. B 24 (1962) 383-392.",
    "DEKKER": "T. J. Dekker, A floating-point technique for extending the available precision, Numer. Math. "
    "18 (1971) 224-242.",
}
