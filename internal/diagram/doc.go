// Package diagram draws a component graph as text: a tree, Graphviz DOT, Mermaid or
// JSON. The order of what is drawn depends on the graph alone, and no name from a
// cluster can end a label or begin markup.
package diagram
