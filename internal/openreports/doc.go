// Package openreports makes report objects of what a look found, as policy tools share
// them: Report and ClusterReport of openreports.io/v1alpha1, or PolicyReport and
// ClusterPolicyReport of wgpolicyk8s.io/v1alpha2. There is one object for each namespace
// and one for what is in none.
//
// The contract: names and order depend on the look alone, so that an object can be
// written in place of the one before; every object is well below what an API server
// stores; every label can be stored; and nothing is in them that is not in the findings.
package openreports
