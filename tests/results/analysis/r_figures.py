"""One made set of responses, and what R 4.2.2 says of it; beside each figure the R command that prints it.

`python -m tests.results.analysis.r_figures FILE GROUPS` writes the two files that the commands read.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

PERSONS, ITEMS = 400, 12


def responses() -> NDArray[np.int8]:
    """400 persons by 12 items; from the plain stream of uniform numbers, which numpy does not change."""
    g = np.random.Generator(np.random.PCG64(20))
    ability = 3 * g.random(PERSONS) + 3 * g.random(PERSONS) - 3 * g.random(PERSONS) - g.random(PERSONS) - 1
    difficulty = np.linspace(-2, 2, ITEMS)
    return (g.random((PERSONS, ITEMS)) < 1 / (1 + np.exp(difficulty - ability[:, None]))).astype(np.int8)


def focal() -> NDArray[np.bool_]:
    """Who is in the focal group."""
    return np.random.Generator(np.random.PCG64(21)).random(PERSONS) < 0.4


# x <- read.csv(FILE); library(psychotools)  # 0.7.2
# print(itempar(raschmodel(as.matrix(x)), ref = NULL, vcov = FALSE), digits = 10)
RASCH_DIFFICULTY = (
    *(-1.968347600, -1.469130642, -1.299615269, -0.716562341, -0.686360623, -0.106898576),
    *(0.146556988, 0.420823976, 0.786674359, 1.144103246, 1.719216375, 2.029540106),
)
# library(eRm)  # 1.0.2
# m <- RM(x); m$se.beta; m$loglik; LRtest(m, splitcr = "median")[c("LR", "df")]
RASCH_ERROR = (
    *(0.1395626291, 0.1287218898, 0.1259222832, 0.1195045434, 0.1193037616, 0.1178336376),
    *(0.1185611791, 0.1202481883, 0.1239352868, 0.1291778456, 0.1415165136, 0.1505989220),
)
RASCH_LOG_LIKELIHOOD = -1504.563525
ANDERSEN, ANDERSEN_DF = 9.555531691, 11
# p <- person.parameter(m); p$thetapar and p$se.theta at each raw score from 1 to 11
ML = (
    *(-2.946651260017, -2.056011275916, -1.439779556437, -0.926124631162, -0.458903845305, -0.009892537193),
    *(0.440837356464, 0.913254406212, 1.435562107728, 2.063498882124, 2.967801520927),
)
ML_ERROR = (
    *(1.0914435240, 0.8389476356, 0.7424945499, 0.6960079329, 0.6741285331, 0.6684094632),
    *(0.6766870502, 0.7009937493, 0.7494253603, 0.8466809029, 1.0980278861),
)
# f <- itemfit(p); f$i.infitMSQ; f$i.outfitMSQ; f$i.infitZ; f$i.outfitZ
INFIT = (
    *(0.8522732775, 1.0293187922, 0.9380383323, 1.0372472003, 0.8876148092, 0.9957494490),
    *(1.0318599596, 1.0342682561, 0.9000790176, 0.8574072410, 0.9707116260, 0.9829057953),
)
OUTFIT = (
    *(0.7378633173, 0.9280080727, 0.9202049150, 1.0306381246, 0.7828180189, 0.9969434717),
    *(1.0353466799, 0.9600056336, 0.7780920735, 0.7362163679, 0.9656870226, 0.9477216154),
)
INFIT_T = (
    *(-1.94570996369, 0.44998891210, -0.95256995436, 0.65192819623, -1.99669301497, -0.05525427948),
    *(0.55800297081, 0.57742929550, -1.57029589142, -2.11383204099, -0.33688131277, -0.16306773368),
)
OUTFIT_T = (
    *(-1.249505029211, -0.383431600332, -0.481802258701, 0.296836164220, -1.980507091386, 0.005179165568),
    *(0.363725075799, -0.315599010210, -1.762058207570, -1.777521939179, -0.089479855496, -0.125205984181),
)
# nodes <- seq(-6, 6, length.out = 61); w <- dnorm(nodes); w <- w / sum(w); X <- as.matrix(x)
# f <- function(p) { L <- outer(nodes, p[1:12]) + rep(p[13:24], each = 61)
#   -sum(log(exp(X %*% t(plogis(L, log.p = TRUE)) + (1 - X) %*% t(plogis(-L, log.p = TRUE))) %*% w)) }
# o <- optim(c(rep(1, 12), rep(0, 12)), f, method = "BFGS", control = list(maxit = 500, reltol = 1e-14))
# -o$value; o$par[1:12]; -o$par[13:24] / o$par[1:12]
TWO_PL_LOG_LIKELIHOOD = -2506.37927051
TWO_PL_DISCRIMINATION = (
    *(2.06168294499, 1.44524722581, 1.66896709771, 1.40350828494, 2.02395997772, 1.53062162791),
    *(1.41832093034, 1.48487000350, 1.91793482793, 2.15760621368, 1.68019878125, 1.55939455093),
)
TWO_PL_DIFFICULTY = (
    *(-0.9978771441037, -0.8543577022796, -0.6908011098379, -0.3683201038253, -0.2944706997494),
    *(0.0332727793567, 0.2010463787476, 0.3700256870433, 0.5305727711488, 0.6959681466465),
    *(1.1155484768507, 1.3488591106484),
)
# g <- scan(GROUPS); t <- rowSums(x); for (i in c(1, 5, 12)) { s <- table(x[, i], g, t)
#   mantelhaen.test(s[, , apply(s, 3, sum) > 1]) }: statistic, common odds ratio and its 95 % limits; an odds ratio of R
# is the inverse of ours, which is the reference group's odds over the focal group's
STUDIED = (0, 4, 11)
MANTEL_HAENSZEL = (
    (0.6953810699, 0.7262534790, 0.3854867926, 1.3682547000),
    (0.05684477355, 0.89919665462, 0.52029237927, 1.55403895174),
    (3.314806491, 1.931202639, 1.002966626, 3.718512199),
)
# a <- glm(x[, i] ~ t, binomial); b <- glm(x[, i] ~ t + g, binomial); c <- glm(x[, i] ~ t * g, binomial)
# deviance(a) - deviance(b); deviance(b) - deviance(c); R2 of a and of c: n <- 400; e <- glm(x[, i] ~ 1, binomial)
# (1 - exp((deviance(m) - deviance(e)) / n)) / (1 - exp(-deviance(e) / n)); coef(c)[3:4]
LOGISTIC = (
    (0.8854037713, 1.1115391839, 0.5205664099, 0.5255934584, -0.9057362808, 0.1834584230),
    (0.1252689127, 0.1579753997, 0.5523711793, 0.5529339300, -0.35871769667, 0.05382080351),
    (4.7363276850, 0.4501818498, 0.4074031522, 0.4231571702, 1.44463347046, -0.09103247843),
)


if __name__ == "__main__":
    heads = ",".join(f"i{n}" for n in range(ITEMS))
    lines = [",".join(map(str, row)) for row in responses()]
    Path(sys.argv[1]).write_text("\n".join([heads, *lines]) + "\n", "utf-8")
    Path(sys.argv[2]).write_text("\n".join("1" if one else "0" for one in focal()) + "\n", "utf-8")
