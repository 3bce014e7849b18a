// Package hosts finds lists of hosts in configuration, and rewrites them: values
// such as
//
//	vmstorage-0.vmstorage-headless:8400,vmstorage-1.vmstorage-headless:8400
//
// whose members are named name-N[.service[.namespace.svc[.zone]]].
//
// The grammar, from the inside out:
//
//	entry = [id] [scheme] [user "@"] host {":" port} [tail]
//	list  = the entries of one value, of one repeated flag, of one array or sequence,
//	        or of keys that differ by a number (server.1, server.2)
//	text  = statements that give values to keys: YAML, JSON, TOML, properties, HCL,
//	        nginx and HAProxy directives, command lines
//
// An entry is everything between its separators, so what differs between entries
// (an id, a port) belongs to the entry. Its key is the nearest above it. Texts of no
// one format are read as well as they can be; what is not understood yields no list.
//
// The work is linear in the text's size and bounded. The package is pure. It keeps of
// a value the ids, schemes, hosts and ports of its entries and nothing else: user
// names, passwords, paths and queries stay behind.
package hosts
