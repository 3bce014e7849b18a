// Package simulated is an API server of a cluster that is larger than the machine could
// hold. Its objects are made while they are sent, one at a time and the same ones each
// time, in the forms in which a real server sends them: lists in one piece as protobuf or
// JSON, in pages, or as the first events of a watch. What is written to it is kept by an
// apitest.Server, which also serves every kind that is not made here.
package simulated
