package main

import (
	"errors"
	"math/rand/v2"
	"net"
	"strconv"
)

// Ports are taken from below the range out of which Linux and macOS serve
// outgoing connections, so that a server that is stopped for a while finds its
// port free again.
const (
	firstPort = 20000
	lastPort  = 32000
)

// freePort is a port of the loopback address on which nobody listens now.
func freePort() (int, error) {
	for range 200 {
		port := firstPort + rand.IntN(lastPort-firstPort)
		listener, err := net.Listen("tcp", loopback(port))
		if err != nil {
			continue
		}
		return port, listener.Close()
	}
	return 0, errors.New("no port of 127.0.0.1 between 20000 and 32000 can be listened on")
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
