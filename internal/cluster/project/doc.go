// Package project turns objects of the API server into rows of the model, on
// arrival, so that no full object is ever kept. It drops managedFields but for a
// summary, replaces values of Secrets and ConfigMaps by names, sizes and a salted
// hash, replaces values of the environment by the hosts they name, and derives
// the complete index of references. Every string passes through
// internal/sanitize; strings and parts that many objects share are kept once.
//
// Pure but for the salt and the shared strings: equal objects give equal rows.
package project
