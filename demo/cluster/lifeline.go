package main

import (
	"os"
	"strconv"
	"time"
)

// parentVariable tells a component whose child it is, so that one whose parent
// died before it could look does not take its adopter for its parent.
const parentVariable = "CAREEN_CLUSTER_PARENT"

// followParent ends this process within a second of its parent's end.
func followParent() {
	parent, err := strconv.Atoi(os.Getenv(parentVariable))
	if err != nil {
		parent = os.Getppid()
	}
	go func() {
		<-orphaned(parent)
		os.Exit(1)
	}()
}

// orphaned is closed within a second of the moment when this process is no
// longer a child of parent.
func orphaned(parent int) <-chan struct{} {
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		for os.Getppid() == parent {
			time.Sleep(time.Second)
		}
	}()
	return gone
}
