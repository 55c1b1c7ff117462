"""Diffusion and flow matching: noise that is added by a schedule and taken away again by a denoiser, learned or exact.

    x_t = alpha(t) x_0 + sigma(t) eps,   eps ~ N(0, I),   t = 0 data, t = 1 noise

Ho, Jain and Abbeel (2020); Song et al. (2021); Karras et al. (2022); Lipman et al. (2023). A denoiser is anything that
has a `schedule` and answers `denoise(x, t)` with E[x_0 given x_t = x]: `core.diffusion.model.Diffusion` learned it,
`core.diffusion.truth.exact` knows it.
"""
