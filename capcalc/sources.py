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
    "TRIVEDI": "K. S. Trivedi, Probability and Statistics with Reliability, Queuing, and Computer Science Applications, "
    "2nd ed., Wiley 2002, ch. 3 (series, parallel, k of n).",
    "BERRUT": "J.-P. Berrut, L. N. Trefethen, Barycentric Lagrange interpolation, SIAM Review 46(3), 2004",
    "WANG": "H. Wang, S. Xiang, On the convergence rates of Legendre approximation, Mathematics of Computation 81, 2012",
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
    "JACKSON": "J. R. Jackson, Networks of waiting lines, Oper. Res. 5 (1957) 518-521.",
    "BCMP": "F. Baskett, K. M. Chandy, R. R. Muntz, F. G. Palacios, Open, closed, and mixed networks of queues with "
    "different classes of customers, J. ACM 22 (1975) 248-260.",
    "BUZEN": "J. P. Buzen, Computational algorithms for closed queueing networks with exponential servers, Comm. ACM "
    "16 (1973) 527-531.",
    "REISER": "M. Reiser, S. S. Lavenberg, Mean-value analysis of closed multichain queuing networks, J. ACM 27 "
    "(1980) 313-322.",
    "SCHWEITZER": "P. J. Schweitzer, Approximate analysis of multiclass closed networks of queues, Int. Conf. "
    "Stochastic Control and Optimization, Amsterdam 1979.",
    "CHANDY": "K. M. Chandy, D. Neuse, Linearizer: a heuristic algorithm for queueing network models of computing "
    "systems, Comm. ACM 25 (1982) 126-134.",
    "SEIDMANN": "A. Seidmann, P. J. Schweitzer, S. Shalev-Oren, Computerized closed queueing network models of "
    "flexible manufacturing systems, Large Scale Systems 12 (1987) 91-107.",
    "ZAHORJAN": "J. Zahorjan, K. C. Sevcik, D. L. Eager, B. Galler, Balanced job bound analysis of queueing networks, "
    "Comm. ACM 25 (1982) 134-141.",
    "LAZOWSKA": "E. D. Lazowska, J. Zahorjan, G. S. Graham, K. C. Sevcik, Quantitative System Performance, "
    "Prentice-Hall 1984.",
    "AMDAHL": "G. M. Amdahl, Validity of the single processor approach to achieving large scale computing "
    "capabilities, AFIPS Spring Joint Computer Conf. 1967, 483-485.",
    "GUSTAFSON": "J. L. Gustafson, Reevaluating Amdahl's law, Comm. ACM 31 (1988) 532-533.",
    "GUNTHER": "N. J. Gunther, Guerrilla Capacity Planning, Springer 2007, ch. 4-6.",
    "BATES": "D. M. Bates, D. G. Watts, Nonlinear Regression Analysis and Its Applications, Wiley 1988, ch. 2.",
    "ZIPF": "G. K. Zipf, Human Behavior and the Principle of Least Effort, Addison-Wesley 1949.",
    "BRESLAU": "L. Breslau, P. Cao, L. Fan, G. Phillips, S. Shenker, Web caching and Zipf-like distributions, "
    "IEEE INFOCOM 1999, 126-134.",
    "DLMF": "NIST Digital Library of Mathematical Functions, ch. 8 (incomplete beta) and 25 (zeta).",
    "CLAUSET": "A. Clauset, C. R. Shalizi, M. E. J. Newman, Power-law distributions in empirical data, SIAM Rev. 51 "
    "(2009) 661-703.",
    "GOLUB": "G. H. Golub, J. H. Welsch, Calculation of Gauss quadrature rules, Math. Comp. 23 (1969) 221-230.",
    "CHE": "H. Che, Y. Tung, Z. Wang, Hierarchical Web caching systems: modeling, design and experimental results, "
    "IEEE J. Sel. Areas Commun. 20 (2002) 1305-1314.",
    "FRICKER": "C. Fricker, P. Robert, J. Roberts, A versatile and accurate approximation for LRU cache performance, "
    "24th Int. Teletraffic Congress 2012.",
    "KING": "W. F. King III, Analysis of demand paging algorithms, IFIP Congress 1971, 485-490.",
    "FLAJOLET": "P. Flajolet, D. Gardy, L. Thimonier, Birthday paradox, coupon collectors, caching algorithms and "
    "self-organizing search, Discrete Appl. Math. 39 (1992) 207-229.",
    "GELENBE": "E. Gelenbe, A unified approach to the evaluation of a class of replacement algorithms, IEEE Trans. "
    "Comput. C-22 (1973) 611-618.",
    "MARTINA": "V. Martina, M. Garetto, E. Leonardi, A unified approach to the performance analysis of caching "
    "systems, IEEE INFOCOM 2014, 2040-2048.",
    "JUNG": "J. Jung, A. W. Berger, H. Balakrishnan, Modeling TTL-based Internet caches, IEEE INFOCOM 2003, 417-426.",
    "FOFACK": "N. Choungmo Fofack, P. Nain, G. Neglia, D. Towsley, Performance evaluation of hierarchical TTL-based "
    "cache networks, Comput. Networks 65 (2014) 212-231.",
    "GARETTO": "M. Garetto, E. Leonardi, V. Martina, A unified approach to the performance analysis of caching "
    "systems, ACM TOMPECS 1 (2016) 12.",
    "HUANG": "Q. Huang et al., An analysis of Facebook photo caching, SOSP 2013, 167-181.",
    "GILPELAEZ": "J. Gil-Pelaez, Note on the inversion theorem, Biometrika 38 (1951) 481-482.",
    "KARGER": "D. Karger et al., Consistent hashing and random trees, 29th ACM STOC 1997, 654-663.",
    "LAMPING": "J. Lamping, E. Veach, A fast, minimal memory, consistent hash algorithm, arXiv:1406.2294, 2014.",
    "RAAB": "M. Raab, A. Steger, Balls into bins: a simple and tight analysis, RANDOM 1998, LNCS 1518, 159-170.",
    "AZAR": "Y. Azar, A. Z. Broder, A. R. Karlin, E. Upfal, Balanced allocations, SIAM J. Comput. 29 (1999) 180-200.",
    "TRAVERSO": "S. Traverso et al., Temporal locality in today's content caching, ACM SIGCOMM Comput. Commun. Rev. "
    "43 (2013) 5-12.",
    "TREFETHEN": "L. N. Trefethen, Approximation Theory and Approximation Practice, SIAM 2013, ch. 8 and 19.",
    "CHAUDHRY": "M. L. Chaudhry, J. G. C. Templeton, A First Course in Bulk Queues, Wiley 1983.",
    "COBHAM": "A. Cobham, Priority assignment in waiting line problems, Oper. Res. 2 (1954) 70-76.",
    "COFFMAN": "E. G. Coffman, R. R. Muntz, H. Trotter, Waiting time distributions for processor-sharing "
    "systems, J. ACM 17 (1970) 123-130.",
    "ENGSET": "T. O. Engset, Die Wahrscheinlichkeitsrechnung zur Bestimmung der Wählerzahl in automatischen "
    "Fernsprechämtern, Elektrotech. Z. 39 (1918) 304-306.",
    "FLATTO": "L. Flatto, S. Hahn, Two parallel queues created by arrivals with two demands I, SIAM J. Appl. "
    "Math. 44 (1984) 1041-1053.",
    "FRANX": "G. J. Franx, A simple solution for the M/D/c waiting time distribution, Oper. Res. Lett. 29 "
    "(2001) 221-229.",
    "GARNETT": "O. Garnett, A. Mandelbaum, M. Reiman, Designing a call center with impatient customers, Manuf. "
    "Serv. Oper. Manag. 4 (2002) 208-227.",
    "KELLA": "O. Kella, U. Yechiali, Waiting times in the non-preemptive priority M/M/c queue, Stochastic Models "
    "1 (1985) 257-262.",
    "KLEINROCK": "L. Kleinrock, Queueing Systems, vol. 2: Computer Applications, Wiley 1976.",
    "KOLLERSTROM": "J. Köllerström, Heavy traffic theory for queues with several servers I, J. Appl. Probab. 11 "
    "(1974) 544-552.",
    "NELSON": "R. Nelson, A. N. Tantawi, Approximate analysis of fork/join synchronization in parallel queues, "
    "IEEE Trans. Comput. 37 (1988) 739-743.",
    "NEUTS": "M. F. Neuts, Matrix-Geometric Solutions in Stochastic Models, Johns Hopkins University Press 1981.",
    "SAKASEGAWA": "H. Sakasegawa, An approximation formula Lq = alpha rho^beta/(1 - rho), Ann. Inst. Statist. "
    "Math. 29 (1977) 67-75.",
    "SPITZER": "F. Spitzer, A combinatorial lemma and its application to probability theory, Trans. Amer. Math. "
    "Soc. 82 (1956) 323-339.",
    "TAKACS": "L. Takács, A single-server queue with Poisson input, Oper. Res. 10 (1962) 388-394.",
    "ZELTYN": "S. Zeltyn, A. Mandelbaum, Call centers with impatient customers: many-server asymptotics of the "
    "M/M/n + G queue, Queueing Systems 51 (2005) 361-402.",
    "BOXMA": "O. J. Boxma, J. W. Cohen, N. Huffels, Approximations of the mean waiting time in an M/G/s queueing "
    "system, Oper. Res. 27 (1979) 1115-1127.",
}
