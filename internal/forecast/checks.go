package forecast

import (
	"slices"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/probes"
)

// The checks of an uninstall. They have no Run: they look at a release's record
// beside a snapshot.
var (
	DataLost = &probes.Probe{ID: "forecast-data-lost", Worst: finding.High, Doc: `An uninstall destroys data
A PVC that is deleted takes its volume with it where the volume's reclaim policy is Delete.
A CustomResourceDefinition that is deleted takes every object of its kind with it, in every
namespace.`}

	Unread = &probes.Probe{ID: "forecast-unread", Worst: finding.Medium, Doc: `Something could not be checked
A read was refused or failed. What is listed here is neither good nor bad; the evidence
says why.`}
)

// foretold are the probes whose findings a forecast foretells.
var foretold = []*probes.Probe{probes.ReleaseLeftovers, probes.ClaimOrphan, probes.ReleaseHistoryBroken}

// Checks lists this package's own checks.
func Checks() []*probes.Probe { return []*probes.Probe{DataLost, Unread} }

// Catalogue lists every probe and check that a forecast reports under.
func Catalogue() []*probes.Probe { return slices.Concat(Checks(), foretold) }
