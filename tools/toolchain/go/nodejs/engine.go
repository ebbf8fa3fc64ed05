package main

import (
	"io"
	"os"
	"syscall"
)

// Ends this process and its children when the engine has ended, however it ended: the kernel closes the engine's end of the
// pipe on standard input. The engine never writes to it.
func endWithEngine() {
	if !isPipe(os.Stdin) {
		return
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
	// The engine starts its plugins as leaders of process groups. In another group there are others too.
	if pid := os.Getpid(); syscall.Getpgrp() == pid {
		_ = syscall.Kill(-pid, syscall.SIGKILL)
	}
	os.Exit(1)
}

func isPipe(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeNamedPipe != 0
}
