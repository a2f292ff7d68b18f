"""Jobs of SageMaker: training, processing, transform and tuning, each on the sandbox's clock.

A job is simulated unless whoever started the run does it himself (`sandbox.standin`): its states
pass, its role is asked for what the job needs, what it reads has to be there. What a simulated job
would have computed is what a script says (`state.trainings`), else values from a fixed seed, and
its log says so.
"""
