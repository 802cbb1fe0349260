# SPDX-License-Identifier: MIT
"""Medians of rounds, their spread, and the table that sets us beside the best peer."""
import statistics


def judge(ratio, goal, floor):
    if ratio >= goal:
        return "goal"
    return "floor" if ratio >= floor else "below"


class Table:
    """Figures of one measured quantity a row, of programs a column."""

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

    def line(self, case, middles, spread):
        cells = [case["name"], case["unit"]]
        cells += [format(middles[n], case.get("form", ".0f")) if n in middles else "-"
                  for n in self.names]
        cells.append(f"{100 * spread:.0f}%")
        mine = middles.get(self.ours)
        peers = {n: v for n, v in middles.items() if n != self.ours and v > 0}
        if mine is None:
            return cells + ["-", "-", "-", "-"]
        if "most" in case:  # a bound on the value itself, less is better
            goal, floor = case["most"]
            verdict = "goal" if mine <= goal else "floor" if mine <= floor else "below"
            return cells + ["-", f"{goal:g}", f"{floor:g}", verdict]
        goal, floor = case["least"]
        if not peers:
            return cells + ["-", f"{goal:g}", f"{floor:g}", "-"]
        best = max(peers, key=peers.get)
        ratio = mine / peers[best]
        return cells + [f"{ratio:.2f} {best}", f"{goal:g}", f"{floor:g}",
                        judge(ratio, goal, floor)]

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
