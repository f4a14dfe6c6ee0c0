"""nixgen.cli"""
