// Package demo breaks a cluster the way clusters break: by the real causes, with
// the tools that people use.
//
// Charts are installed, upgraded and uninstalled with Helm's own code, under
// accounts that have the rights the story says; nothing that careen is to find is
// written into the cluster by hand where the cluster would write it itself. Beside
// the incidents stands a neighbourhood in which nothing is wrong, though much of it
// looks wrong at first sight: no finding may have a subject there.
//
// Plant does everything at once. A test takes an Incident from Incidents, prepares
// it, completes it, and measures from there.
package demo
