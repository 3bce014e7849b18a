// Package mcp serves what careen knows of a cluster to other programs, by the Model
// Context Protocol: what is wrong and what shows it, what is joined to what, what changed
// lately, what a fix would write, and what an install would break.
//
// The contract: no tool writes, whatever it is asked. Every answer is bounded and says
// whether the look was complete. Texts of the cluster are sanitised, and hold no secret
// byte. What goes wrong is a tool's error in plain words; a panic is one too. A line that
// is no message of the protocol is answered with an error, and the next one is read.
package mcp
