// How Go programs listen to a job: one GetQueuedCompletionStatus for each packet. Prints how many
// nanoseconds one packet took. Built only if Go is on PATH.
package main

import (
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"
)

func main() {
	count, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	port, err := syscall.CreateIoCompletionPort(syscall.InvalidHandle, 0, 0, 0)
	if err != nil {
		panic(err)
	}
	for i := 0; i < count; i++ {
		if err := syscall.PostQueuedCompletionStatus(port, 6, 1, nil); err != nil {
			panic(err)
		}
	}
	begin := time.Now()
	for i := 0; i < count; i++ {
		var bytes, key uint32
		var overlapped *syscall.Overlapped
		if err := syscall.GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, syscall.INFINITE); err != nil {
			panic(err)
		}
	}
	fmt.Printf("%.1f\n", float64(time.Since(begin).Nanoseconds())/float64(count))
}
