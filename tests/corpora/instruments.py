"""What loggers, oscilloscopes, simulations and stations write."""

import numpy as np

from tests.corpora.written import (
    BODY,
    COUNT,
    DAYS,
    LENGTH,
    ROWS,
    SHIFT,
    WEIGHT,
    File,
    cycle,
    decimals,
    gaps,
    numbers,
    quoted,
    rows,
    text,
    wholes,
    widths,
)

TICKS = [f"{i / 1000:.6f}" for i in range(ROWS)]
TIMES = [f"2023-05-01 {i:02d}:00:00" for i in range(ROWS)]
MEASURED = {"time": numbers(LENGTH), "temperature": numbers(WEIGHT)}
HOURS = wholes(31, 0, 24)
WIND = wholes(32, 0, 360)
SPEED = decimals(33, 0, 20, 1)
LIGHT = [f"{340 + 0.37 * i:.2f}" for i in range(ROWS)]


def fortran(word):
    """0.1234D+02, as Fortran writes it."""
    digits, exponent = f"{float(word):.4e}".split("e")
    sign, digits = ("-" if digits.startswith("-") else " "), digits.lstrip("-").replace(".", "")
    return f"{sign}0.{digits}D{int(exponent) + 1:+03d}"


def of_fortran(words):
    return [float(fortran(word).replace("D", "E")) for word in words]


def lacking(words, code, every=5):
    return gaps(words, every, code)


LABVIEW = [
    "LabVIEW Measurement\t",
    "Writer_Version\t2",
    "Reader_Version\t2",
    "Separator\tTab",
    "Decimal_Separator\t.",
    "Multi_Headings\tNo",
    "X_Columns\tOne",
    "Time_Pref\tAbsolute",
    "Operator\tlab",
    "Date\t2023/05/01",
    "Time\t12:00:00.1234567",
    "***End_of_Header***\t",
    "\t",
    "Channels\t2\t\t",
    f"Samples\t{ROWS}\t{ROWS}\t",
    "Date\t2023/05/01\t2023/05/01\t",
    "Time\t12:00:00.12\t12:00:00.12\t",
    "Y_Unit_Label\tVolts\tVolts\t",
    "X_Dimension\tTime\tTime\t",
    "X0\t0.0000000000000000E+0\t0.0000000000000000E+0\t",
    "Delta_X\t0.001000\t0.001000\t",
    "***End_of_Header***\t\t\t",
]
SEABIRD = [
    "* Sea-Bird SBE 19 Data File:",
    "* FileName = cast7.hex",
    "# nquan = 3",
    f"# nvalues = {ROWS}",
    "# name 0 = prDM: Pressure [db]",
    "# name 1 = t090C: Temperature [deg C]",
    "# name 2 = c0S/m: Conductivity [S/m]",
    "*END*",
]

LOGGERS = [
    File(
        "units-row",
        text("time,temperature", "s,degC", rows(",", LENGTH, WEIGHT)),
        MEASURED,
        units={"time": "s", "temperature": "degC"},
    ),
    File(
        "units-row-in-brackets",
        text("time;temperature", "[s];[°C]", rows(";", LENGTH, WEIGHT)),
        MEASURED,
        units={"time": "s", "temperature": "°C"},
    ),
    File(
        "units-row-with-gaps",
        text("site\ttime\ttemperature", "\ts\t°C", rows("\t", cycle("north", "south"), LENGTH, WEIGHT)),
        {"site": cycle("north", "south")} | MEASURED,
        units={"time": "s", "temperature": "°C"},
    ),
    File(
        "units-in-names",
        text("time (s),temperature [°C]", rows(",", LENGTH, WEIGHT)),
        MEASURED,
        units={"time": "s", "temperature": "°C"},
    ),
    File(
        "campbell-toa5",
        text(
            '"TOA5","Ridge","CR1000","4711","CR1000.Std.32.05","CPU:ridge.CR1","1234","Hourly"',
            '"TIMESTAMP","RECORD","AirTC_Avg","RH"',
            '"TS","RN","Deg C","%"',
            '"","","Avg","Smp"',
            rows(",", quoted(TIMES), COUNT, lacking(LENGTH, '"NAN"'), WEIGHT),
            end="\r\n",
        ),
        {"TIMESTAMP": TIMES, "RECORD": numbers(COUNT), "AirTC_Avg": numbers(gaps(LENGTH)), "RH": numbers(WEIGHT)},
        units={"AirTC_Avg": "Deg C", "RH": "%"},
        drops=("TOA5", "Smp"),
    ),
    File(
        "labview-measurement",
        text(LABVIEW, "X_Value\tVoltage\tCurrent\tComment", [f"{row}\t" for row in rows("\t", TICKS, LENGTH, SHIFT)]),
        {"X_Value": numbers(TICKS), "Voltage": numbers(LENGTH), "Current": numbers(SHIFT)},
        drops=("Writer_Version", "Delta_X"),
    ),
    File(
        "oscilloscope",
        text(
            ["Model,MSO2024", "Firmware Version,1.52", "", "Point Format,Y", "Horizontal Units,S"],
            ["Sample Interval,4e-07", f"Record Length,{ROWS}", "", "TIME,CH1,CH2"],
            rows(",", TICKS, LENGTH, SHIFT),
        ),
        {"TIME": numbers(TICKS), "CH1": numbers(LENGTH), "CH2": numbers(SHIFT)},
        drops=("Model", "Sample Interval"),
    ),
    File(
        "hobo",
        text(
            '"Plot Title: pond"',
            '"#","Date Time, GMT+01:00","Temp, °C (LGR S/N: 1234567)"',
            rows(",", COUNT, TIMES, LENGTH),
            end="\r\n",
        ),
        {"#": numbers(COUNT), "Date Time, GMT+01:00": TIMES, "Temp, °C (LGR S/N: 1234567)": numbers(LENGTH)},
        encoding="utf-8-sig",
        drops=("Plot Title",),
    ),
    File(
        "logger-pro",
        text("Latest: Time (s)\tLatest: Position (m)", rows("\t", TICKS, LENGTH)),
        {"Latest: Time": numbers(TICKS), "Latest: Position": numbers(LENGTH)},
        units={"Latest: Time": "s", "Latest: Position": "m"},
    ),
    File(
        "spectrometer",
        text(
            ["Data from lamp7.txt Node", "", "Date: Mon May 01 12:00:00 2023", "User: lab"],
            ["Integration Time (sec): 1.000000E-1", f"Number of Pixels in Spectrum: {ROWS}"],
            ">>>>>Begin Spectral Data<<<<<",
            rows("\t", LIGHT, LENGTH),
        ),
        {"a": numbers(LIGHT), "b": numbers(LENGTH)},
        named=False,
        drops=("Data from", "Integration", ">>>>>"),
    ),
    File(
        "seabird",
        text(SEABIRD, [f"{a:>11}{b:>11}{c:>11}" for a, b, c in zip(TICKS, LENGTH, WEIGHT, strict=True)]),
        {"prDM": numbers(TICKS), "t090C": numbers(LENGTH), "c0S/m": numbers(WEIGHT)},
        named=False,
        drops=("Sea-Bird", "nquan", "*END*"),
    ),
    File(
        "logger-semicolons-at-ends",
        text([f"{row};" for row in ["time;temperature", *rows(";", LENGTH, WEIGHT)]], end="\r\n"),
        MEASURED,
    ),
    File(
        "logger-restarted",
        text(
            "# logger 3",
            "time,temperature",
            rows(",", LENGTH[:6], WEIGHT[:6]),
            "# restarted",
            rows(",", LENGTH[6:], WEIGHT[6:]),
        ),
        MEASURED,
        drops=("logger 3", "restarted"),
    ),
    File(
        "logger-names-again",
        text(
            "time,temperature", rows(",", LENGTH[:6], WEIGHT[:6]), "time,temperature", rows(",", LENGTH[6:], WEIGHT[6:])
        ),
        MEASURED,
    ),
]

SIMULATIONS = [
    File("gnuplot", text("# length weight", rows(" ", LENGTH, WEIGHT)), BODY),
    File(
        "gnuplot-blocks",
        text("# time  temperature", rows("  ", LENGTH[:7], WEIGHT[:7]), ["", ""], rows("  ", LENGTH[7:], WEIGHT[7:])),
        MEASURED,
    ),
    File(
        "gnuplot-remarks-at-ends",
        text("#length weight", rows(" ", LENGTH[:1], WEIGHT[:1]), "# second run", rows(" ", LENGTH[1:], WEIGHT[1:])),
        BODY,
        drops=("second run",),
    ),
    File(
        "fortran-d",
        text([f"  {fortran(a)}  {fortran(b)}" for a, b in zip(LENGTH, SHIFT, strict=True)]),
        {"a": of_fortran(LENGTH), "b": of_fortran(SHIFT)},
        named=False,
    ),
    File(
        "fortran-stars",
        text([f"{a:>9}{b:>9}" for a, b in zip(LENGTH, gaps(WEIGHT, 5, "*******"), strict=True)]),
        {"a": numbers(LENGTH), "b": numbers(gaps(WEIGHT))},
        named=False,
        open=None,
    ),
    File(
        "cpp-log",
        text("// run 12, grid 64", "// time,temperature", rows(",", LENGTH, WEIGHT)),
        MEASURED,
        drops=("run 12",),
    ),
    File(
        "cpp-log-names-below",
        text("// run 12", "// grid 64", "time temperature", rows(" ", LENGTH, WEIGHT), "// done"),
        MEASURED,
        drops=("run 12", "grid 64", "done"),
    ),
    File(
        "c-not-a-number",
        text("x y", rows(" ", ["-nan", "inf", "-inf", "nan", *LENGTH[4:]], WEIGHT)),
        {"x": [np.nan, np.inf, -np.inf, np.nan, *numbers(LENGTH[4:])], "y": numbers(WEIGHT)},
    ),
    File(
        "windows-not-a-number",
        text("x,y", rows(",", ["1.#QNAN", "-1.#IND", "1.#INF", *LENGTH[3:]], WEIGHT)),
        {"x": [np.nan, np.nan, np.inf, *numbers(LENGTH[3:])], "y": numbers(WEIGHT)},
        open=None,
    ),
    File(
        "comsol",
        text(
            ["% Model:              beam.mph", "% Version:            COMSOL 6.1", "% Nodes:              14"],
            "% x                       temperature",
            [f"{a:<26}{b}" for a, b in zip(SHIFT, WEIGHT, strict=True)],
        ),
        {"x": numbers(SHIFT), "temperature": numbers(WEIGHT)},
        drops=("Model", "Version", "Nodes"),
    ),
    File(
        "matlab-remarks",
        text("% length, weight", rows(", ", LENGTH, WEIGHT)),
        BODY,
    ),
    File(
        "plus-signs",
        text("x,y", rows(",", [f"{float(w):+.3f}" for w in SHIFT], WEIGHT)),
        {"x": numbers(SHIFT), "y": numbers(WEIGHT)},
    ),
]

BUOY = [
    ["#YY", "#yr", *["2023"] * ROWS],
    ["MM", "mo", *["05"] * ROWS],
    ["DD", "dy", *[f"{i + 1:02d}" for i in range(ROWS)]],
    ["hh", "hr", *[f"{int(w):02d}" for w in HOURS]],
    ["WDIR", "degT", *gaps(WIND, 5, "MM")],
    ["WSPD", "m/s", *SPEED],
]
YEARS = [str(1990 + i) for i in range(ROWS)]

STATIONS = [
    File(
        "buoy",
        text(widths(*BUOY, gap=1)),
        {
            "YY": [2023.0] * ROWS,
            "MM": [5.0] * ROWS,
            "DD": [i + 1.0 for i in range(ROWS)],
            "hh": numbers(HOURS),
            "WDIR": numbers(gaps(WIND)),
            "WSPD": numbers(SPEED),
        },
        units={"WDIR": "degT", "WSPD": "m/s"},
    ),
    File(
        "station-of-nines",
        text(widths(["year", *YEARS], ["rain", *lacking(LENGTH, "-9999")], ["warmth", *SHIFT])),
        {"year": numbers(YEARS), "rain": numbers(gaps(LENGTH)), "warmth": numbers(SHIFT)},
        open=True,
    ),
    File(
        "sentinel-column",
        text("x", [word if i % 5 != 2 else "-9999" for i, word in enumerate(SHIFT)]),
        {"x": numbers(gaps(SHIFT))},
        open=True,
    ),
    File(
        "photometer",
        text(
            ["Level 2.0", "Ridge Station", "Version 3: daily averages", "Contact: office of skies"],
            "Day,AOD_500,AOD_440",
            rows(",", DAYS, lacking(decimals(34, 0.1, 0.9, 6), "-999.000000"), decimals(35, 0.1, 0.9, 6)),
        ),
        {
            "Day": DAYS,
            "AOD_500": numbers(gaps(decimals(34, 0.1, 0.9, 6))),
            "AOD_440": numbers(decimals(35, 0.1, 0.9, 6)),
        },
        drops=("Level", "Ridge", "Version", "Contact"),
        open=True,
    ),
    File(
        "weather-columns-of-blanks",
        text(widths(["day", *DAYS], ["rain", *gaps(LENGTH)], ["warmth", *gaps(SHIFT, 4)])),
        {"day": DAYS, "rain": numbers(gaps(LENGTH)), "warmth": numbers(gaps(SHIFT, 4))},
    ),
]

FILES = [*LOGGERS, *SIMULATIONS, *STATIONS]
