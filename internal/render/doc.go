// Package render renders a chart's templates.
//
// It is the engine of Helm 3.22 (pkg/engine), without the modes that careen does not use,
// and with careen's template package in the place of text/template: that one can call any
// method of any type by its name, so the linker would leave out none of a program that
// holds it. The methods that charts can call are in a table here instead.
// TestItRendersAsHelmDoes compares the two.
package render
