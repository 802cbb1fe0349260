# SPDX-License-Identifier: MIT
"""Medians of rounds, their spread, and the table that sets us beside the others.

What is aimed at is a bound: a factor, and the peer whose figure it multiplies, or BEST for whichever
peer is best in this run; or a figure. Where less is better it is the most there may be. Ratios are
printed so that above 1 is good in every row.
"""
import statistics
import sys

BEST = "best"


def times(factor, peer=BEST):
    return {"factor": factor, "peer": peer}


def at_most(figure):
    return {"figure": figure}


class Table:
    """Figures of one measured quantity a row, of programs a column. A case has a name, a unit, a
    goal and a floor (bounds), and may have `form`, how its figures are printed, and `less`."""

    def __init__(self, ours, names):
        self.ours, self.names = ours, names
        self.rows = []

    def add(self, case, figures):
        """figures: {name: [value of each round]}."""
        middles = {name: statistics.median(values) for name, values in figures.items() if values}
        spread = 0.0
        for name, values in figures.items():
            if values and middles[name] > 0:
                spread = max(spread, (max(values) - min(values)) / middles[name])
        self.rows.append((case, middles, spread))

    def ratios(self, case, middles):
        """{peer: by how much we are better than it}, the best peer as BEST too."""
        mine = middles.get(self.ours)
        if not mine:
            return {}
        found = {name: value / mine if case.get("less") else mine / value
                 for name, value in middles.items() if name != self.ours and value > 0}
        if found:
            found[BEST] = min(found.values())
        return found

    def reached(self, case, middles):
        """"goal", "floor", "below", or "-" where what it is held against was not measured."""
        found = self.ratios(case, middles)
        for which in "goal", "floor":
            bound = case[which]
            if self.ours not in middles or ("peer" in bound and bound["peer"] not in found):
                return "-"
            if "peer" in bound:
                least = 1 / bound["factor"] if case.get("less") else bound["factor"]
                holds = found[bound["peer"]] >= least
            else:
                holds = middles[self.ours] <= bound["figure"]
            if holds:
                return which
        return "below"

    def line(self, case, middles, spread):
        found = self.ratios(case, middles)

        def bound_text(bound):
            sign = "<= " if case.get("less") else ">= "
            if "peer" not in bound:
                return f"{sign}{bound['figure']:g}"
            text = f"{sign}{bound['factor']:g}x {bound['peer']}"
            special = bound["peer"] != BEST and bound["peer"] in found
            return f"{text} ({found[bound['peer']]:.2f})" if special else text

        best = [name for name in self.names if name in found and found[name] == found[BEST]][:1]
        cells = [case["name"], case["unit"]]
        cells += [format(middles[n], case.get("form", ".0f")) if n in middles else "-"
                  for n in self.names]
        cells.append(f"{100 * spread:.0f}%")
        cells.append(f"{found[BEST]:.2f} {best[0]}" if best else "-")
        return cells + [bound_text(case["goal"]), bound_text(case["floor"]),
                        self.reached(case, middles)]

    def text(self):
        head = ["case", "unit", *self.names, "spread", "to the best", "goal", "floor", "reached"]
        rows = [head] + [self.line(*row) for row in self.rows]
        widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
        lines = []
        for row in rows:
            left = [row[i].ljust(widths[i]) for i in range(2)]
            rest = [row[i].rjust(widths[i]) for i in range(2, len(row))]
            lines.append("  ".join(left + rest).rstrip())
        return "\n".join(lines)

    def finish(self, heading, failures):
        """Prints all there is to say and ends the program: with an error when we failed anywhere,
        or when nothing was measured."""
        print(heading)
        print(self.text())
        for failure in dict.fromkeys(failures):
            print(f"failed: {' '.join(failure.split())[:300]}")
        sys.exit(1 if any(self.ours in f for f in failures) or not self.rows else 0)
