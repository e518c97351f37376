"""Is an assignment what it claims to be? ``python check_certificate.py FILE``: fifty lines of Python."""
import json, sys
from collections import Counter, defaultdict
from datetime import date
from itertools import accumulate
def need(holds, otherwise): holds or sys.exit(f"NOT VERIFIED: {otherwise}.")
def day(text): return date.fromisoformat(text).toordinal()
def fit(sizes, most): return sum(taken <= most for taken in accumulate(sizes))
def check(found: dict) -> str:
    asked, goes, proof, rooms = found["instance"], found["assignment"]["pairs"], found["certificate"], {}
    fixed, refused, stable = asked["fixed"], {(r, o) for r, o in asked["forbidden"]}, asked["mode"] == "stable"
    groups, can, inside = {g["requests"][0]: g for g in asked["groups"]}, defaultdict(dict), defaultdict(dict)
    places, used, new, cost, unit = Counter(), Counter(), Counter(), defaultdict(list), proof["unit"]
    for o in asked["offers"]:
        rooms[o["offer"]] = ("offer:" + o["offer"], "organisation:" + o["organisation"])
        for q in rooms[o["offer"]]:
            places[q] = max(places[q], o["places"])
            used.update({(q, day(d)): n for d, n in o["taken"].items()})
    for name, g in groups.items():
        g["days"], at = range(day(g["first_day"]), day(g["last_day"]) + 1), goes.get(name)
        need({goes.get(r) for r in g["requests"]} == {fixed.get(name, at)}, f"{name} is moved or parted")
        (used if name in fixed else new).update({(q, d): g["guests"] for q in rooms.get(at, ()) for d in g["days"]})
    def free(q, d): return max(0, places[q] - used[q, d])
    need(all(n <= free(*at) for at, n in new.items()), "there are too many guests on one day")
    for name, o, points, liked in asked["candidates"]:
        g, no = groups[name], any((r, o) in refused for r in groups[name]["requests"])
        if name in fixed or not (no or any(g["guests"] > free(q, d) for q in rooms[o] for d in g["days"])):
            can[name][o] = (points, liked)
            for q in rooms[o] if name not in fixed else (): inside[q][name] = g["guests"]
    need(all(goes.get(n) in {None, fixed.get(n), *can[n]} for n in groups), "a pair is not allowed")
    value, bound = sum(can[n].get(goes.get(n), [0])[0] for n in groups), 0
    for q, d, per, price in proof["prices"]:
        there = sorted(guests for n, guests in inside[q].items() if day(d) in groups[n]["days"])
        bound += max(0, price) * (free(q, day(d)) if per == "guest" else fit(there, free(q, day(d))))
        cost[q].append((day(d), max(0, price), per == "guest"))
    def is_full(q, me):  # with those whom the host likes better, were all to come at once
        better = sum(q in rooms.get(goes.get(n), ()) and (-can[n][goes[n]][1], n) < me for n in inside[q])
        return better >= fit(sorted(inside[q].values())[::-1], min(free(q, d) for n in inside[q] for d in groups[n]["days"]))
    for name, g in groups.items():
        wish, at = {o: (-points, o) for o, (points, _) in can[name].items()}, goes.get(name)
        for o in [o for o in wish if stable and name not in fixed and (at is None or wish[o] < wish[at])]:
            need(any(is_full(q, (-can[name][o][1], name)) for q in rooms[o]), f"{name} and {o} would both rather")
        left = [-wish[o][0] * unit - sum(p * (g["guests"] if each else 1) for q in rooms[o] for d, p, each in cost[q]
                if d in g["days"]) for o in wish]
        bound += max([0, *left]) if name not in fixed else can[name].get(at, [0])[0] * unit
    known = {*goes} <= {r for g in groups.values() for r in g["requests"]}
    need(known and value == found["assignment"]["total"], "the points are not those of the pairs")
    need(stable or proof["bound"] == bound // unit and (proof["kind"] == "bound" or value == bound // unit), "the prices prove another bound")
    return f"VERIFIED: {len(goes)} placed, {value} points; " + ("none would rather change." if stable else f"none can have more than {bound // unit}.")
if __name__ == "__main__": print(check(json.load(open(sys.argv[1], encoding="utf-8"))) if sys.argv[1:] else "Name the file with the proof.")
