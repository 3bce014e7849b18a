package command

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/careen-tui/careen/internal/text"
)

// usageOf makes the errors of a command's arguments usage errors. Without a check of its
// own a command takes none.
func usageOf(check cobra.PositionalArgs) cobra.PositionalArgs {
	if check == nil {
		check = noArgs
	}
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usageError(err)
		}
		return nil
	}
}

// noArgs takes no argument. What is given to a command that has others below it was
// meant as one of them.
func noArgs(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return nil
	case cmd.HasAvailableSubCommands():
		return unknownCommand(cmd, args[0])
	}
	return fmt.Errorf("%s takes no arguments, but was given %q (see %s --help)", cmd.Name(), args[0], cmd.CommandPath())
}

// atMostOneArg takes one argument or none.
func atMostOneArg(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			return fmt.Errorf("%s takes at most one argument: %s", cmd.Name(), what)
		}
		return nil
	}
}

// oneArg takes exactly one argument.
func oneArg(what string) cobra.PositionalArgs { return exactArgs(1, what) }

func exactArgs(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return fmt.Errorf("%s takes %s: %s", cmd.Name(), text.Counted(n, "argument"), what)
		}
		return nil
	}
}

func unknownCommand(cmd *cobra.Command, word string) error {
	var known []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			known = append(append(known, c.Name()), c.Aliases...)
		}
	}
	return fmt.Errorf("unknown command %q for %q%s (see %s --help)", word, cmd.CommandPath(), text.DidYouMean(word, known), cmd.CommandPath())
}

// flagError is the flag parser's error in plain words, with the flag that may have been
// meant.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var value *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown) && len(unknown.GetSpecifiedShortnames()) == 0:
		word := "--" + unknown.GetSpecifiedName()
		err = fmt.Errorf("unknown flag: %s%s", word, text.DidYouMean(word, flagNames(cmd)))
	case errors.As(err, &value):
		if needs := valueOf[value.GetFlag().Value.Type()]; needs != "" {
			err = fmt.Errorf("--%s %s: not %s", value.GetFlag().Name, value.GetValue(), needs)
		}
	}
	return usageError(fmt.Errorf("%w (see %s --help)", err, cmd.CommandPath()))
}

// valueOf says what a flag needs, by the flag parser's name of its type.
var valueOf = map[string]string{
	"duration": "a duration: write 90s, 15m or 168h", "int": "a whole number", "bool": "true or false",
}

func flagNames(cmd *cobra.Command) (names []string) {
	add := func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, "--"+f.Name)
		}
	}
	cmd.Flags().VisitAll(add)
	cmd.InheritedFlags().VisitAll(add)
	return names
}
