package main

import "strconv"

// budget is a row of the table.
type budget struct {
	what  string
	bench string // the benchmark's name, without the number of cores
	unit  string // of the value, as the benchmark prints it
	most  float64
	floor string  // the unit in which the same benchmark tells of the floor
	per   float64 // what one of the shown unit is in the unit of the benchmark; 1 for 0
	as    string  // what is shown behind values
}

const millisecond = 1e6 // in ns/op

func (b budget) shown(value float64) string {
	if b.per > 0 {
		value /= b.per
	}
	return number(value) + b.as
}

func (b budget) shownFloor(value float64) string {
	if b.floor == "floor-s" {
		return number(value) + " s"
	}
	return number(value) + b.as
}

// number has as many decimals as tell something.
func number(v float64) string {
	switch {
	case v >= 100 || v == float64(int64(v)):
		return strconv.FormatFloat(v, 'f', 0, 64)
	case v >= 10:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

// list are the budgets, in the order in which they are shown.
var list = []budget{
	{what: "10,000 pods, a real control plane: time of an audit", bench: "BenchmarkPlane", unit: "x-floor", most: 1.2, floor: "floor-s", as: " x floor"},
	{what: "10,000 pods, a real control plane: peak, worst run", bench: "BenchmarkPlane", unit: "peak-MB", most: 130, floor: "floor-MB", as: " MB"},
	{what: "10,000 pods, simulated: time", bench: "BenchmarkSimulated/10000", unit: "x-floor", most: 1.2, floor: "floor-s", as: " x floor"},
	{what: "10,000 pods, simulated: peak, worst run", bench: "BenchmarkSimulated/10000", unit: "peak-MB", most: 130, floor: "floor-MB", as: " MB"},
	{what: "50,000 pods, simulated: time", bench: "BenchmarkSimulated/50000", unit: "x-floor", most: 1.2, floor: "floor-s", as: " x floor"},
	{what: "50,000 pods, simulated: peak, worst run", bench: "BenchmarkSimulated/50000", unit: "peak-MB", most: 320, floor: "floor-MB", as: " MB"},
	{what: "150,000 pods, 5,000 nodes, simulated: time", bench: "BenchmarkSimulated/150000", unit: "x-floor", most: 1.3, floor: "floor-s", as: " x floor"},
	{what: "150,000 pods, 5,000 nodes, simulated: peak, worst run", bench: "BenchmarkSimulated/150000", unit: "peak-MB", most: 600, floor: "floor-MB", as: " MB"},
	{what: "the first finding on the screen, 10,000 pods", bench: "BenchmarkFirstFinding", unit: "of-the-look", most: 0.34, floor: "floor-s", as: " of the whole look"},
	{what: "the first frame", bench: "BenchmarkPlane", unit: "first-frame-ms", most: 100, as: " ms"},
	{what: "idle, nothing happening: processor", bench: "BenchmarkPlane", unit: "idle-%", most: 0.5, as: " % of a core"},
	{what: "idle, nothing happening: bytes to the terminal", bench: "BenchmarkPlane", unit: "idle-bytes", most: 0, as: ""},
	{what: "a change until its byte, quiet: half of them", bench: "BenchmarkPlane", unit: "quiet-p50-ms", most: 50, as: " ms"},
	{what: "a change until its byte, quiet: 99 of 100", bench: "BenchmarkPlane", unit: "quiet-p99-ms", most: 100, as: " ms"},
	{what: "a change until its byte, 500 changes a second: 99 of 100", bench: "BenchmarkPlane", unit: "storm-p99-ms", most: 300, as: " ms"},
	{what: "a key until its repaint in that storm: 99 of 100", bench: "BenchmarkPlane", unit: "key-p99-ms", most: 33, as: " ms"},
	{what: "the whole catalogue over 10,000 pods, one core", bench: "BenchmarkLook", unit: "ns/op", most: 150 * millisecond, per: millisecond, as: " ms"},
	{what: "one changed object, 10,000 pods", bench: "BenchmarkChanged/10000", unit: "ns/op", most: millisecond, per: millisecond, as: " ms"},
	{what: "one changed object, 50,000 pods", bench: "BenchmarkChanged/50000", unit: "ns/op", most: millisecond, per: millisecond, as: " ms"},
	{what: "a letter of a filter over 50,000 rows", bench: "BenchmarkFilter", unit: "ns/op", most: 5 * millisecond, per: millisecond, as: " ms"},
	{what: "a step of the selection over 50,000 rows", bench: "BenchmarkDraw", unit: "ns/op", most: 5 * millisecond, per: millisecond, as: " ms"},
	{what: "a page of 50,000 rows", bench: "BenchmarkScroll", unit: "ns/op", most: 5 * millisecond, per: millisecond, as: " ms"},
	{what: "another order of 50,000 rows", bench: "BenchmarkSort", unit: "ns/op", most: 5 * millisecond, per: millisecond, as: " ms"},
	{what: "a group of 50,000 rows folded", bench: "BenchmarkFold", unit: "ns/op", most: 5 * millisecond, per: millisecond, as: " ms"},
	{what: "retained for a pod", bench: "BenchmarkRetained/Pod", unit: "B/row", most: 5000, as: " B"},
	{what: "retained for a release revision", bench: "BenchmarkRetained/Record", unit: "B/row", most: 1000, as: " B"},
	{what: "retained for a lease", bench: "BenchmarkRetained/Lease", unit: "B/row", most: 500, as: " B"},
}
