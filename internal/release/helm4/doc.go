// Package helm4 holds what careen knows of Helm 4's records against Helm 4's own code. It
// is a module of its own, so that careen is not built with that.
package helm4
