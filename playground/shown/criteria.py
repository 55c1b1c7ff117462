"""How information criteria are called wherever they stand: on the scale of minus twice the log-likelihood."""

AIC, BIC = "AIC (\N{MINUS SIGN}2 log L)", "BIC (\N{MINUS SIGN}2 log L)"
HEADS = {AIC: "AIC", BIC: "BIC"}
LESS = "\N{MINUS SIGN}2 log L, less is better"
CRITERIA = "AIC and BIC are on the scale of minus twice the log-likelihood; less is better."
